window.YTD.account.part0 = [
 {
  "account": {
   "email": "owner@example.org",
   "username": "owner_example",
   "accountId": "1000000000000000001",
   "createdAt": "2012-01-01T00:00:00.000Z",
   "accountDisplayName": "Olive Owner"
  }
 }
]