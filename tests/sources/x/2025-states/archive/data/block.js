window.YTD.block.part0 = [
 {
  "blocking": {
   "accountId": "2004",
   "userLink": "https://twitter.com/intent/user?user_id=2004"
  }
 }
]