window.YTD.direct_message_headers.part0 = [
 {
  "dmConversation": {
   "conversationId": "2001-1000000000000000001",
   "messages": [
    {
     "messageCreate": {
      "id": "1770000000000000001",
      "senderId": "1000000000000000001",
      "recipientId": "2001",
      "createdAt": "2024-03-05T10:00:00.000Z"
     }
    }
   ]
  }
 }
]