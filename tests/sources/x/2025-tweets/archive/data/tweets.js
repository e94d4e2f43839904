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
       "0",
       "12"
      ],
      "id_str": "2001",
      "id": "2001"
     },
     {
      "name": "Ben Example",
      "screen_name": "ben_example",
      "indices": [
       "13",
       "25"
      ],
      "id_str": "2002",
      "id": "2002"
     },
     {
      "name": "Cyd Example",
      "screen_name": "Cyd_Example",
      "indices": [
       "75",
       "87"
      ],
      "id_str": "2003",
      "id": "2003"
     }
    ],
    "urls": []
   },
   "display_text_range": [
    "0",
    "88"
   ],
   "favorite_count": "3",
   "id_str": "1760000000000000001",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000001",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "@ada_example @ben_example thanks for the &lt;tag&gt; &amp; the tip, also to @Cyd_Example",
   "lang": "en",
   "in_reply_to_status_id_str": "1760000000000000900",
   "in_reply_to_status_id": "1760000000000000900",
   "in_reply_to_user_id_str": "2001",
   "in_reply_to_user_id": "2001",
   "in_reply_to_screen_name": "ada_example"
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
 },
 {
  "tweet": {
   "retweeted": false,
   "source": "<a href=\"https://mobile.twitter.com\">Web</a>",
   "entities": {
    "hashtags": [],
    "symbols": [],
    "user_mentions": [
     {
      "name": "Olive Owner",
      "screen_name": "owner_example",
      "indices": [
       "0",
       "14"
      ],
      "id_str": "1000000000000000001",
      "id": "1000000000000000001"
     },
     {
      "name": "Ben Example",
      "screen_name": "ben_example",
      "indices": [
       "34",
       "46"
      ],
      "id_str": "2002",
      "id": "2002"
     }
    ],
    "urls": []
   },
   "display_text_range": [
    "0",
    "46"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000003",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000003",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "@owner_example second part, hello @ben_example",
   "lang": "en",
   "in_reply_to_status_id_str": "1760000000000000002",
   "in_reply_to_status_id": "1760000000000000002",
   "in_reply_to_user_id_str": "1000000000000000001",
   "in_reply_to_user_id": "1000000000000000001",
   "in_reply_to_screen_name": "owner_example"
  }
 },
 {
  "tweet": {
   "retweeted": false,
   "source": "<a href=\"https://mobile.twitter.com\">Web</a>",
   "entities": {
    "hashtags": [],
    "symbols": [],
    "user_mentions": [
     {
      "name": "Olive Owner",
      "screen_name": "owner_example",
      "indices": [
       "0",
       "14"
      ],
      "id_str": "1000000000000000001",
      "id": "1000000000000000001"
     }
    ],
    "urls": []
   },
   "display_text_range": [
    "0",
    "25"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000004",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000004",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "@owner_example third part",
   "lang": "en",
   "in_reply_to_status_id_str": "1760000000000000003",
   "in_reply_to_status_id": "1760000000000000003",
   "in_reply_to_user_id_str": "1000000000000000001",
   "in_reply_to_user_id": "1000000000000000001",
   "in_reply_to_screen_name": "owner_example"
  }
 },
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
       "3",
       "15"
      ],
      "id_str": "2001",
      "id": "2001"
     },
     {
      "name": "Ben Example",
      "screen_name": "ben_example",
      "indices": [
       "40",
       "52"
      ],
      "id_str": "2002",
      "id": "2002"
     }
    ],
    "urls": []
   },
   "display_text_range": [
    "0",
    "51"
   ],
   "favorite_count": "99",
   "id_str": "1760000000000000005",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000005",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "RT @ada_example: otters hold hands, says @ben_exam…",
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
    "40"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000006",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000006",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "RT @nobody_knows: cut before the mentio…",
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
    "user_mentions": [
     {
      "name": "Olive Owner",
      "screen_name": "owner_example",
      "indices": [
       "3",
       "17"
      ],
      "id_str": "1000000000000000001",
      "id": "1000000000000000001"
     }
    ],
    "urls": []
   },
   "display_text_range": [
    "0",
    "40"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000007",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000007",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "RT @owner_example: A thread about otters",
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
    "urls": [
     {
      "url": "https://t.co/q1",
      "expanded_url": "https://twitter.com/CYD_example/status/1760000000000000777?s=20",
      "display_url": "…",
      "indices": [
       "0",
       "1"
      ]
     }
    ]
   },
   "display_text_range": [
    "0",
    "36"
   ],
   "favorite_count": "1",
   "id_str": "1760000000000000008",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000008",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "This is how to do it https://t.co/q1",
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
    "urls": [
     {
      "url": "https://t.co/q2",
      "expanded_url": "https://x.com/stranger_ex/status/1760000000000000778",
      "display_url": "…",
      "indices": [
       "0",
       "1"
      ]
     }
    ]
   },
   "display_text_range": [
    "0",
    "15"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000009",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000009",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "https://t.co/q2",
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
    "urls": [
     {
      "url": "https://t.co/q3",
      "expanded_url": "https://x.com/Owner_Example/status/1760000000000000002",
      "display_url": "…",
      "indices": [
       "0",
       "1"
      ]
     }
    ]
   },
   "display_text_range": [
    "0",
    "25"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000010",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000010",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "As I said https://t.co/q3",
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
    "urls": [
     {
      "url": "https://t.co/q4",
      "expanded_url": "https://twitter.com/i/web/status/1760000000000000779",
      "display_url": "…",
      "indices": [
       "0",
       "1"
      ]
     }
    ]
   },
   "display_text_range": [
    "0",
    "29"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000011",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000011",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "Somebody said https://t.co/q4",
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
    "user_mentions": [
     {
      "name": "Gone",
      "screen_name": "gone_example",
      "indices": [
       "3",
       "16"
      ],
      "id_str": "-1",
      "id": "-1"
     },
     {
      "name": "Olive Owner",
      "screen_name": "owner_example",
      "indices": [
       "21",
       "35"
      ],
      "id_str": "1000000000000000001",
      "id": "1000000000000000001"
     }
    ],
    "urls": []
   },
   "display_text_range": [
    "0",
    "35"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000012",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000012",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "hi @gone_example and @owner_example",
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
    "user_mentions": [
     {
      "name": "Dee Example",
      "screen_name": "dee_example",
      "indices": [
       "0",
       "12"
      ],
      "id_str": "2004",
      "id": "2004"
     }
    ],
    "urls": [],
    "media": [
     {
      "url": "https://t.co/p1",
      "expanded_url": "https://twitter.com/owner_example/status/1/photo/1",
      "type": "photo"
     }
    ]
   },
   "display_text_range": [
    "0",
    "41"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000013",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000013",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "@dee_example is this you? https://t.co/p1",
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
   "id_str": "1760000000000000014",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000014",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "to nobody who is still there",
   "lang": "en",
   "in_reply_to_status_id_str": "1760000000000000901",
   "in_reply_to_status_id": "1760000000000000901"
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
   "id_str": "1760000000000000015",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000015",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "@BEN_example by handle alone",
   "lang": "en",
   "in_reply_to_status_id_str": "1760000000000000902",
   "in_reply_to_status_id": "1760000000000000902",
   "in_reply_to_screen_name": "BEN_example"
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
    "12"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000020",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000020",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "first verson",
   "lang": "en",
   "edit_info": {
    "initial": {
     "editTweetIds": [
      "1760000000000000020",
      "1760000000000000021"
     ],
     "editableUntil": "2024-03-05T15:00:00.000Z",
     "editsRemaining": "4",
     "isEditEligible": true
    }
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
    "13"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000021",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000021",
   "created_at": "Tue Mar 05 14:02:11 +0000 2024",
   "favorited": false,
   "full_text": "first version",
   "lang": "en",
   "edit_info": {
    "edit": {
     "initialTweetId": "1760000000000000020",
     "editControlInitial": {
      "editTweetIds": [
       "1760000000000000020",
       "1760000000000000021"
      ],
      "editableUntil": "2024-03-05T15:00:00.000Z",
      "editsRemaining": "4",
      "isEditEligible": true
     }
    }
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
    "78"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000030",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000030",
   "created_at": "Sat Mar 09 13:14:15 +0000 2024",
   "favorited": false,
   "full_text": "@ada_example A long answer that goes on and on &amp; on until… https://t.co/n1",
   "lang": "en",
   "in_reply_to_status_id_str": "1760000000000000903",
   "in_reply_to_status_id": "1760000000000000903",
   "in_reply_to_user_id_str": "2001",
   "in_reply_to_user_id": "2001",
   "in_reply_to_screen_name": "ada_example"
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
    "23"
   ],
   "favorite_count": "0",
   "id_str": "1760000000000000031",
   "truncated": false,
   "retweet_count": "0",
   "id": "1760000000000000031",
   "created_at": "Sat Mar 09 13:14:15 +0000 2024",
   "favorited": false,
   "full_text": "sent in the same second",
   "lang": "en"
  }
 }
]