window.__THAR_CONFIG = {
 "userInfo": {
  "accountId": "1000000000000000001",
  "userName": "owner_example",
  "displayName": "Olive Owner"
 },
 "archiveInfo": {
  "sizeBytes": "1",
  "generationDate": "2025-02-03T04:05:06.789Z",
  "isPartialArchive": false
 },
 "dataTypes": {
  "follower": {
   "files": [
    {
     "fileName": "data/follower.js",
     "globalName": "YTD",
     "count": "2"
    }
   ]
  },
  "listsMember": {
   "files": [
    {
     "fileName": "data/lists-member.js",
     "globalName": "YTD",
     "count": "5"
    }
   ]
  },
  "tweetsMedia": {
   "mediaDirectory": "data/tweets_media"
  }
 }
}