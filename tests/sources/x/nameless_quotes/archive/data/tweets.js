window.YTD.tweets.part0 = [
 {
  "tweet": {
   "id": "1764000000000000001",
   "id_str": "1764000000000000001",
   "full_text": "My own words to begin with",
   "created_at": "Wed Mar 06 10:01:00 +0000 2024",
   "lang": "en",
   "favorite_count": "0",
   "retweet_count": "0",
   "retweeted": false,
   "entities": {
    "hashtags": [],
    "symbols": [],
    "user_mentions": [],
    "urls": []
   }
  }
 },
 {
  "tweet": {
   "id": "1764000000000000002",
   "id_str": "1764000000000000002",
   "full_text": "Read this one https://t.co/a",
   "created_at": "Wed Mar 06 10:02:00 +0000 2024",
   "lang": "en",
   "favorite_count": "0",
   "retweet_count": "0",
   "retweeted": false,
   "entities": {
    "hashtags": [],
    "symbols": [],
    "user_mentions": [],
    "urls": [
     {
      "url": "https://t.co/a",
      "expanded_url": "https://twitter.com/i/web/status/1763000000000000009",
      "display_url": "x",
      "indices": [
       "0",
       "1"
      ]
     }
    ]
   }
  }
 },
 {
  "tweet": {
   "id": "1764000000000000003",
   "id_str": "1764000000000000003",
   "full_text": "https://t.co/a",
   "created_at": "Wed Mar 06 10:03:00 +0000 2024",
   "lang": "en",
   "favorite_count": "0",
   "retweet_count": "0",
   "retweeted": false,
   "entities": {
    "hashtags": [],
    "symbols": [],
    "user_mentions": [],
    "urls": [
     {
      "url": "https://t.co/a",
      "expanded_url": "https://x.com/i/status/1763000000000000010",
      "display_url": "x",
      "indices": [
       "0",
       "1"
      ]
     }
    ]
   }
  }
 },
 {
  "tweet": {
   "id": "1764000000000000004",
   "id_str": "1764000000000000004",
   "full_text": "As I said https://t.co/a",
   "created_at": "Wed Mar 06 10:04:00 +0000 2024",
   "lang": "en",
   "favorite_count": "0",
   "retweet_count": "0",
   "retweeted": false,
   "entities": {
    "hashtags": [],
    "symbols": [],
    "user_mentions": [],
    "urls": [
     {
      "url": "https://t.co/a",
      "expanded_url": "https://twitter.com/i/web/status/1764000000000000001",
      "display_url": "x",
      "indices": [
       "0",
       "1"
      ]
     }
    ]
   }
  }
 },
 {
  "tweet": {
   "id": "1764000000000000005",
   "id_str": "1764000000000000005",
   "full_text": "As she says https://t.co/a",
   "created_at": "Wed Mar 06 10:05:00 +0000 2024",
   "lang": "en",
   "favorite_count": "0",
   "retweet_count": "0",
   "retweeted": false,
   "entities": {
    "hashtags": [],
    "symbols": [],
    "user_mentions": [],
    "urls": [
     {
      "url": "https://t.co/a",
      "expanded_url": "https://x.com/ana/status/1763000000000000011",
      "display_url": "x",
      "indices": [
       "0",
       "1"
      ]
     }
    ]
   }
  }
 }
]