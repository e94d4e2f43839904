window.YTD.mute.part0 = [
 {
  "muting": {
   "accountId": "2002",
   "userLink": "https://twitter.com/intent/user?user_id=2002"
  }
 }
]