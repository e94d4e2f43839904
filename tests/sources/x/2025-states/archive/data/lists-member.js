window.YTD.lists_member.part0 = [
 {
  "userListInfo": {
   "url": "https://twitter.com/Ada_Example/lists/1430463483523571714"
  }
 },
 {
  "userListInfo": {
   "url": "https://twitter.com/collector_ex/lists/otter-people"
  }
 },
 {
  "userListInfo": {
   "url": "https://x.com/collector_ex/lists/more-otters"
  }
 },
 {
  "userListInfo": {
   "url": "https://twitter.com/old_owner/lists/mine"
  }
 },
 {
  "userListInfo": {
   "url": "https://x.com/i/lists/1430463483523571715"
  }
 }
]