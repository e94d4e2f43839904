window.YTD.like.part0 = [
 {
  "like": {
   "tweetId": "1700000000000000001",
   "fullText": "a liked tweet &amp; more",
   "expandedUrl": "https://twitter.com/i/web/status/1700000000000000001"
  }
 }
]