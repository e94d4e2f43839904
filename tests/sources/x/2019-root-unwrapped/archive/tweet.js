window.YTD.tweet.part0 = [
 {
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
      "0",
      "12"
     ],
     "id_str": "2001",
     "id": "2001"
    }
   ],
   "urls": []
  },
  "display_text_range": [
   "0",
   "16"
  ],
  "favorite_count": "0",
  "id_str": "1760000000000000001",
  "truncated": false,
  "retweet_count": "0",
  "id": "1760000000000000001",
  "created_at": "Tue Mar 05 14:02:11 +0000 2024",
  "favorited": false,
  "full_text": "@ada_example yes",
  "lang": "en",
  "in_reply_to_status_id_str": "1760000000000000900",
  "in_reply_to_status_id": "1760000000000000900",
  "in_reply_to_user_id_str": "2001",
  "in_reply_to_user_id": "2001",
  "in_reply_to_screen_name": "ada_example"
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
    "22"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000002",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000002",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "wrapped among the bare",
   "lang": "en"
  }
 },
 {
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
   "15"
  ],
  "favorite_count": "0",
  "id_str": "1760000000000000003",
  "truncated": false,
  "retweet_count": "0",
  "id": "1760000000000000003",
  "created_at": "Tue Mar 05 14:02:11 +0000 2024",
  "favorited": false,
  "full_text": "no wrapper here",
  "lang": "en"
 }
]