window.YTD.account.part0 = [
 {
  "account": {
   "username": "owner_example",
   "accountId": "1000000000000000001",
   "accountDisplayName": "Olive Owner"
  }
 }
]