window.YTD.tweet_headers.part0 = [
 {
  "tweet": {
   "tweet_id": "1760000000000000001",
   "user_id": "1000000000000000001",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024"
  }
 }
]