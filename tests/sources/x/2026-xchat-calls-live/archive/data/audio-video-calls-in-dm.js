window.YTD.audio_video_calls_in_dm.part0 = [
 {
  "audioVideoCallsInDm": {
   "broadcast": {
    "id": "1abc",
    "inviteesTwitter": [
     "2001"
    ],
    "createdAt": "2026-01-18T17:06:04.804Z",
    "endAt": "2026-01-18T17:16:04.804Z"
   },
   "sessions": [
    {
     "twitterUserID": "2001",
     "endReason": "HUNG_UP",
     "publishedAt": "2026-01-18T17:06:14.804Z"
    }
   ]
  }
 },
 {
  "audioVideoCallsInDm": {
   "broadcast": {
    "id": "1abd",
    "inviteesTwitter": [
     "2002"
    ],
    "createdAt": "2026-01-19T17:06:04.804Z"
   },
   "sessions": [
    {
     "twitterUserID": "2002",
     "endReason": "MISSED"
    }
   ]
  }
 }
]