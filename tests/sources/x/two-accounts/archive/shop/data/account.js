window.YTD.account.part0 = [
 {
  "account": {
   "username": "shop_example",
   "accountId": "1000000000000000002",
   "accountDisplayName": "Olive Owner"
  }
 }
]