window.YTD.tweets.part9 = [
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
    "17"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000003",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000003",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "three, not listed",
   "lang": "en"
  }
 }
]