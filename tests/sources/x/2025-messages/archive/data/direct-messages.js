window.YTD.direct_messages.part0 = [
 {
  "dmConversation": {
   "conversationId": "2001-1000000000000000001",
   "messages": [
    {
     "messageCreate": {
      "recipientId": "2001",
      "reactions": [],
      "urls": [],
      "text": "see you &lt;3",
      "mediaUrls": [],
      "senderId": "1000000000000000001",
      "id": "1770000000000000003",
      "createdAt": "2024-03-05T10:02:00.250Z"
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
       },
       {
        "senderId": "2001",
        "reactionKey": "funny",
        "eventId": "7001",
        "createdAt": "2024-03-05T10:01:31.000Z"
       }
      ],
      "urls": [],
      "text": "café at five?",
      "mediaUrls": [],
      "senderId": "2001",
      "id": "1770000000000000002",
      "createdAt": "2024-03-05T10:01:00.000Z"
     }
    },
    {
     "messageCreate": {
      "recipientId": "2001",
      "reactions": [
       {
        "senderId": "2001",
        "reactionKey": "excited",
        "eventId": "7000",
        "createdAt": "2024-03-05T10:00:30.000Z"
       }
      ],
      "urls": [],
      "text": null,
      "mediaUrls": [],
      "senderId": "1000000000000000001",
      "id": "1770000000000000001",
      "createdAt": "2024-03-05T10:00:00.000Z"
     }
    }
   ]
  }
 },
 {
  "dmConversation": {
   "conversationId": "1000000000000000001-1000000000000000001",
   "messages": [
    {
     "messageCreate": {
      "recipientId": "1000000000000000001",
      "reactions": [],
      "urls": [],
      "text": "note to self",
      "mediaUrls": [],
      "senderId": "1000000000000000001",
      "id": "1770000000000000004",
      "createdAt": "2024-03-05T11:00:00.000Z"
     }
    }
   ]
  }
 }
]