window.YTD.tweets.part0 = [
 {
  "tweet": {
   "id_str": "1760000000000000001",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "full_text": "the garden is green",
   "favorite_count": "0",
   "retweet_count": "0",
   "entities": {
    "user_mentions": [],
    "urls": []
   }
  }
 }
]