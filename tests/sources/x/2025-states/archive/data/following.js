window.YTD.following.part0 = [
 {
  "following": {
   "accountId": "2001",
   "userLink": "https://twitter.com/intent/user?user_id=2001"
  }
 },
 {
  "following": {
   "accountId": "2003",
   "userLink": "https://twitter.com/intent/user?user_id=2003"
  }
 },
 {
  "following": {
   "accountId": "2001",
   "userLink": "https://twitter.com/intent/user?user_id=2001"
  }
 }
]