window.YTD.direct_messages.part0 = [
 {
  "dmConversation": {
   "conversationId": "2002-1000000000000000002",
   "messages": [
    {
     "messageCreate": {
      "id": "1770000000000000002",
      "senderId": "1000000000000000002",
      "text": "at noon",
      "createdAt": "2024-03-05T11:00:00.000Z",
      "reactions": [],
      "urls": [],
      "mediaUrls": []
     }
    }
   ]
  }
 }
]