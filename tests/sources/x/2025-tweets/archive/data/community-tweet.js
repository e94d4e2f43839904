window.YTD.community_tweet.part0 = [
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
       "16",
       "28"
      ],
      "id_str": "2001",
      "id": "2001"
     }
    ],
    "urls": []
   },
   "display_text_range": [
    "0",
    "28"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000040",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000040",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "in a community, @ada_example",
   "lang": "en",
   "community_id": "77",
   "community_id_str": "77",
   "scopes": {
    "followers": false
   }
  }
 }
]