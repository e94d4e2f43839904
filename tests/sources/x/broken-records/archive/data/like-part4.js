window.YTD.like.part4 = [
 {
  "like": {
   "tweetId": "1700000000000000003"
  }
 }
];
