window.__THAR_CONFIG = {
 "userInfo": {
  "accountId": "1000000000000000001",
  "userName": "owner_example",
  "displayName": "Olive Owner"
 },
 "archiveInfo": {
  "sizeBytes": "1",
  "generationDate": "2025-02-03T04:05:06.789Z",
  "isPartialArchive": true
 },
 "dataTypes": {
  "account": {
   "files": [
    {
     "fileName": "data/account.js",
     "globalName": "YTD",
     "count": "1"
    }
   ]
  },
  "tweets": {
   "files": [
    {
     "fileName": "data/tweets.js",
     "globalName": "YTD",
     "count": "1"
    },
    {
     "fileName": "data/tweets-part1.js",
     "globalName": "YTD",
     "count": "3"
    }
   ]
  },
  "like": {
   "files": [
    {
     "fileName": "data/like.js",
     "globalName": "YTD",
     "count": "1"
    },
    {
     "fileName": "data/like-part1.js",
     "globalName": "YTD",
     "count": "4"
    }
   ]
  },
  "follower": {
   "files": [
    {
     "fileName": "data/follower.js",
     "globalName": "YTD",
     "count": "1"
    }
   ]
  },
  "adImpressions": {
   "files": [
    {
     "fileName": "data/ad-impressions.js",
     "globalName": "YTD",
     "count": "13"
    }
   ]
  },
  "tweetsMedia": {
   "mediaDirectory": "data/tweets_media"
  }
 }
}