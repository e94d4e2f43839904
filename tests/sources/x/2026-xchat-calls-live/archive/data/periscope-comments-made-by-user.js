window.YTD.periscope_comments_made_by_user.part0 = [
 {
  "periscopeCommentsMadeByUser": {
   "broadcastId": "1BRJ",
   "byAccountId": "1eRE",
   "createdAt": "2026-01-18T17:06:04.804Z",
   "text": "lovely light"
  }
 },
 {
  "periscopeCommentsMadeByUser": {
   "broadcastId": "1BRJ",
   "byAccountId": "1eRE",
   "createdAt": "2026-01-18T17:07:19.036Z",
   "text": "<3"
  }
 },
 {
  "periscopeCommentsMadeByUser": {
   "broadcastId": "1BRJ",
   "byAccountId": "1eRE",
   "createdAt": "2026-01-18T17:06:04.804Z",
   "text": "lovely light"
  }
 },
 {
  "periscopeCommentsMadeByUser": {
   "broadcastId": "1BRJ",
   "byAccountId": "1eRE",
   "createdAt": "2026-01-18T17:07:19.036Z",
   "text": "<3"
  }
 }
]