window.YTD.lists_subscribed.part0 = [
 {
  "userListInfo": {
   "urls": [
    "https://twitter.com/collector_ex/lists/news"
   ]
  }
 }
]