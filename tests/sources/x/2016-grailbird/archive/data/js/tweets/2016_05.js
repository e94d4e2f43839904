Grailbird.data.tweets_2016_05 = 
[
 {
  "source": "web",
  "entities": {
   "user_mentions": [
    {
     "name": "Ada Example",
     "screen_name": "ada_example",
     "indices": [
      0,
      5
     ],
     "id_str": "2001",
     "id": 2001
    },
    {
     "name": "Ben Example",
     "screen_name": "ben_example",
     "indices": [
      23,
      28
     ],
     "id_str": "2002",
     "id": 2002
    }
   ],
   "media": [],
   "hashtags": [],
   "urls": []
  },
  "geo": {},
  "id_str": "727367542772133888",
  "text": "@ada_example &amp; see @ben_example",
  "id": 727367542772133888,
  "created_at": "2016-05-03 05:21:50 +0000",
  "user": {
   "name": "Olive Owner",
   "screen_name": "owner_example",
   "id_str": "1000000000000000001",
   "id": 1000000000000000001
  },
  "in_reply_to_status_id_str": "727367542772100000",
  "in_reply_to_status_id": 727367542772100000,
  "in_reply_to_user_id_str": "2001",
  "in_reply_to_user_id": 2001,
  "in_reply_to_screen_name": "ada_example"
 },
 {
  "source": "web",
  "entities": {
   "user_mentions": [
    {
     "name": "Ben Example",
     "screen_name": "ben_example",
     "indices": [
      3,
      8
     ],
     "id_str": "2002",
     "id": 2002
    }
   ],
   "media": [],
   "hashtags": [],
   "urls": []
  },
  "geo": {},
  "id_str": "727366997390946304",
  "text": "RT @ben_example: big news",
  "id": 727366997390946304,
  "created_at": "2016-05-03 05:19:40 +0000",
  "user": {
   "name": "Olive Owner",
   "screen_name": "owner_example",
   "id_str": "1000000000000000001",
   "id": 1000000000000000001
  }
 },
 {
  "source": "web",
  "entities": {
   "user_mentions": [],
   "media": [],
   "hashtags": [],
   "urls": []
  },
  "geo": {},
  "id_str": "727366997390946300",
  "text": "just me",
  "id": 727366997390946300,
  "created_at": "2016-05-03 05:19:39 +0000",
  "user": {
   "name": "Olive Owner",
   "screen_name": "owner_example",
   "id_str": "1000000000000000001",
   "id": 1000000000000000001
  }
 }
]