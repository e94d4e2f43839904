window.YTD.like.part0 = [
 {
  "like": {
   "tweetId": "17000000000000000