window.YTD.direct_messages.part0 = [
 {
  "dmConversation": {
   "conversationId": "2001-1000000000000000001",
   "messages": [
    {
     "messageCreate": {
      "recipientId": "1000000000000000001",
      "reactions": [],
      "urls": [],
      "text": "ÿþ",
      "mediaUrls": [],
      "senderId": "2001",
      "id": "1770000000000000001",
      "createdAt": "2024-03-05T10:00:00.000Z"
     }
    },
    {
     "messageCreate": {
      "recipientId": "1000000000000000001",
      "reactions": [],
      "urls": [],
      "text": "fine",
      "mediaUrls": [],
      "senderId": "2001",
      "id": "1770000000000000002",
      "createdAt": "2024-03-05T10:00:01.000Z"
     }
    },
    {
     "messageCreate": {
      "recipientId": "1000000000000000001",
      "reactions": [],
      "urls": [],
      "text": "bad id",
      "mediaUrls": [],
      "senderId": "2001",
      "id": "x",
      "createdAt": "2024-03-05T10:00:01.000Z"
     }
    },
    {
     "somethingNew": {
      "createdAt": "2024-03-05T10:00:01.000Z"
     }
    },
    {
     "messageCreate": {
      "recipientId": "1000000000000000001",
      "reactions": [
       {
        "senderId": "1000000000000000001",
        "reactionKey": "like",
        "eventId": "7000",
        "createdAt": "2024-03-05T10:01:30.000Z"
       }
      ],
      "urls": [],
      "text": "no time",
      "mediaUrls": [],
      "senderId": "2001",
      "id": "1770000000000000003",
      "createdAt": "soon"
     }
    }
   ]
  }
 },
 {
  "dmConversation": {
   "messages": []
  }
 },
 {
  "dmConversation": {
   "conversationId": "2001-2002",
   "messages": [
    {
     "messageCreate": {
      "recipientId": "2002",
      "reactions": [],
      "urls": [],
      "text": "not mine",
      "mediaUrls": [],
      "senderId": "2001",
      "id": "1770000000000000009",
      "createdAt": "2024-03-05T10:00:00.000Z"
     }
    }
   ]
  }
 }
]