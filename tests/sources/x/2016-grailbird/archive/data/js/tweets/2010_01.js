Grailbird.data.tweets_2010_01 = 
[
 {
  "source": "web",
  "entities": {
   "user_mentions": [],
   "media": [],
   "hashtags": [],
   "urls": []
  },
  "geo": {},
  "id_str": "7500000000",
  "text": "an early one",
  "id": 7500000000,
  "created_at": "2010-01-08 00:00:00 +0000",
  "user": {
   "name": "Olive Owner",
   "screen_name": "owner_example",
   "id_str": "1000000000000000001",
   "id": 1000000000000000001
  }
 }
]