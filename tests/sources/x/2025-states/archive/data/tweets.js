window.YTD.tweets.part0 = [
 {
  "tweet": {
   "retweeted": false,
   "source": "<a href=\"https://mobile.twitter.com\">Web</a>",
   "entities": {
    "hashtags": [],
    "symbols": [],
    "user_mentions": [
     {
      "name": "Ada Example",
      "screen_name": "ada_example",
      "indices": [
       "6",
       "18"
      ],
      "id_str": "2001",
      "id": "2001"
     }
    ],
    "urls": []
   },
   "display_text_range": [
    "0",
    "18"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000001",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000001",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "hello @ada_example",
   "lang": "en"
  }
 }
]