window.YTD.tweets.part0 = [
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
    "8"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000001",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000001",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "half an emoji \ud83d",
   "lang": "en"
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
    "6"
   ],
   "favorite_count": "0",
   "id_str": "not a number",
   "truncated": false,
   "retweet_count": "0",
   "id": "not a number",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "bad id",
   "lang": "en"
  }
 },
 {
  "tweet": {
   "id_str": "1760000000000000003",
   "full_text": "no date"
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
    "11"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000004",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000004",
   "created_at": "Sat Jan 01 00:00:00 +0000 0000",
   "favorited": false,
   "full_text": "year nought",
   "lang": "en"
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
    "9"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000005",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000005",
   "created_at": "Fri Dec 31 23:59:59 +0000 9999",
   "favorited": false,
   "full_text": "year 9999",
   "lang": "en"
  }
 },
 {
  "tweet": {
   "retweeted": false,
   "source": "<a href=\"https://mobile.twitter.com\">Web</a>",
   "entities": null,
   "display_text_range": [
    "0",
    "27"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000006",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000006",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "null where an object stands",
   "lang": "en"
  }
 },
 {
  "tweet": {
   "retweeted": false,
   "source": "<a href=\"https://mobile.twitter.com\">Web</a>",
   "entities": [],
   "display_text_range": [
    "0",
    "29"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000007",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000007",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "a list where an object stands",
   "lang": "en"
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
    "28"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000008",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000008",
   "created_at": 5,
   "favorited": false,
   "full_text": "a number where a text stands",
   "lang": "en"
  }
 },
 null,
 7,
 [],
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
    "25"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000009",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000009",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "unknown keys are harmless",
   "lang": "en",
   "new_key": {
    "a": [
     1,
     {
      "b": null
     }
    ]
   }
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
    "20"
   ],
   "favorite_count": "0",
   "id_str": "1000000000000000000000000000000",
   "truncated": false,
   "retweet_count": "0",
   "id": "1000000000000000000000000000000",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "an id beyond all ids",
   "lang": "en"
  }
 },
 {
  "surprise": {}
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
   "display_text_range": null,
   "favorite_count": null,
   "id_str": "1760000000000000010",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000010",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "nulls",
   "lang": "en",
   "in_reply_to_status_id_str": null,
   "in_reply_to_screen_name": null
  }
 }
]