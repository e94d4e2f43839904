window.YTD.like.part0 = [
 {
  "like": {
   "tweetId": "1100000000000000001"
  }
 }
]