window.YTD.screen_name_change.part0 = [
 {
  "screenNameChange": {
   "accountId": "1000000000000000001",
   "screenNameChange": {
    "changedAt": "2020-10-29T20:48:48.000Z",
    "changedFrom": "Old_Owner",
    "changedTo": "owner_example"
   }
  }
 }
]