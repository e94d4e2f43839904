window.YTD.account.part0 = [
 {
  "account": {
   "accountId": "1001",
   "username": "olive"
  }
 }
]