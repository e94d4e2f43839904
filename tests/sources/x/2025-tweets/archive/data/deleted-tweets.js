window.YTD.deleted_tweets.part0 = [
 {
  "tweet": {
   "retweeted": false,
   "source": "<a href=\"https://mobile.twitter.com\">Web</a>",
   "entities": {
    "hashtags": [],
    "symbols": [],
    "user_mentions": [],
    "urls": []
   },
   "display_text_range": [
    "0",
    "19"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000050",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000050",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "said and taken back",
   "lang": "en",
   "deleted_at": "Wed Mar 06 14:02:11 +0000 2024"
  }
 },
 {
  "tweet": {
   "retweeted": false,
   "source": "<a href=\"https://mobile.twitter.com\">Web</a>",
   "entities": {
    "hashtags": [],
    "symbols": [],
    "user_mentions": [],
    "urls": []
   },
   "display_text_range": [
    "0",
    "21"
   ],
   "favorite_count": "4",
   "id_str": "1760000000000000002",
   "truncated": false,
   "retweet_count": "2",
   "id": "1760000000000000002",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "A thread about otters",
   "lang": "en"
  }
 }
]