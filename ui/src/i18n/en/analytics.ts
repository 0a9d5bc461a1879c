export const analytics = {
  "analytics.title": "Team analytics",
  "analytics.open": "Analytics",
  "analytics.range": "Weeks",
  "analytics.range.4": "4 weeks",
  "analytics.range.12": "12 weeks",
  "analytics.range.26": "Half a year",
  "analytics.range.52": "A year",
  "analytics.everyone": "Everyone",
  "analytics.whose": "Whose work",
  "analytics.before": "Before the team",
  "analytics.notes": "Note edits",
  "analytics.replies": "Replies",
  "analytics.response": "Response time",
  "analytics.response.median": "Response time, median",
  "analytics.members": "By member",
  "analytics.member": "Member",
  "analytics.week": "Week",
  "analytics.weekOf": "Week {number}, {date}",
  "analytics.weekNow": "Week {number}, {date}, so far",
  "analytics.total": "All weeks",
  "analytics.part": "{who}: {n}",
  "analytics.perWeek.notes": "Note edits by week",
  "analytics.perWeek.replies": "Replies by week",
  "analytics.perWeek.response": "Median response time by week",
  "analytics.asTable": "Show as a table",
  "analytics.asChart": "Show as a chart",
  "analytics.value.notes": { one: "{n} note edit", other: "{n} note edits" },
  "analytics.value.replies": { one: "{n} reply", other: "{n} replies" },
  "analytics.value.timed": { one: "median of {n} reply", other: "median of {n} replies" },
  "analytics.value.none": "no timed reply",
  "analytics.underMinute": "under 1 min",
  "analytics.minutes": "{m} min",
  "analytics.hours": "{h} h {m}",
  "analytics.days": { one: "{n} day", other: "{n} days" },
  "analytics.empty": "Nothing was written or answered in these weeks.",
  "analytics.empty.longer": "Show a year",
  "analytics.failed":
    "The numbers could not be counted. Nothing is lost: they are made from the activity.",
  "analytics.away": "{link}. What colleagues did meanwhile is counted when the server is back.",
  "analytics.alone": "You work alone: only your own notes are counted.",
  "analytics.counted": "What is counted",
  "analytics.counted.notes":
    "A note edit is what one person writes into one note without a pause of more than ten minutes. It counts once, in the week it began.",
  "analytics.counted.replies":
    "A reply is a mail sent from Kontor in answer to another one. Mail sent with other programs is not counted.",
  "analytics.counted.response":
    "The response time runs from the last mail of somebody outside the team to the reply, nights and weekends included. Half of the replies took less than the median, half took more.",
  "analytics.counted.untimed":
    "A second reply to the same mail has no response time, nor has one from a version of Kontor that did not tell it. It still counts as a reply.",
  "analytics.counted.weeks":
    "Weeks begin on Monday, by this computer’s clock and time zone. The last one is not over.",
  "analytics.counted.where":
    "All of it is counted on this computer, from the activity it has. What was refused, or belonged to a team you left, is not counted.",
  "analytics.counted.since":
    "The oldest thing known here is of {date}; a computer that joined later may know less of the weeks before it joined.",
  "analytics.shared": "What is shared about you",
  "analytics.shared.alone": "You work alone: nothing about you is shared with anybody.",
  "analytics.shared.person": "Your name, your mail address and what you may do in the team.",
  "analytics.shared.presence":
    "Whether you are here, and which conversation you read or answer now. Only the present is shown, nothing of it is kept.",
  "analytics.shared.activity": "What you did, with the time, for as long as the team exists:",
  "analytics.shared.note": {
    one: "{n} edit of a shared note, with its words",
    other: "{n} edits of shared notes, with their words",
  },
  "analytics.shared.mention": {
    one: "{n} edit that names a colleague",
    other: "{n} edits that name a colleague",
  },
  "analytics.shared.assign": {
    one: "{n} conversation handed over",
    other: "{n} conversations handed over",
  },
  "analytics.shared.status": { one: "{n} status set", other: "{n} statuses set" },
  "analytics.shared.tag": { one: "{n} tag set or removed", other: "{n} tags set or removed" },
  "analytics.shared.task": { one: "{n} task written down", other: "{n} tasks written down" },
  "analytics.shared.finish": { one: "{n} task finished", other: "{n} tasks finished" },
  "analytics.shared.record": { one: "{n} field changed", other: "{n} fields changed" },
  "analytics.shared.conflict": {
    one: "{n} field changed at the same time as somebody else",
    other: "{n} fields changed at the same time as somebody else",
  },
  "analytics.shared.resolve": {
    one: "{n} decision between values",
    other: "{n} decisions between values",
  },
  "analytics.shared.reply": {
    one: "{n} reply: when, in which conversation, and how long it took",
    other: "{n} replies: when, in which conversation, and how long they took",
  },
  "analytics.shared.titled": {
    one: "{n} of them with the mail’s subject",
    other: "{n} of them with the mail’s subject",
  },
  "analytics.shared.member": {
    one: "{n} change of your membership",
    other: "{n} changes of your membership",
  },
  "analytics.shared.nothing": "Nothing yet.",
  "analytics.shared.never":
    "Never shared: the text of your mails, their attachments, your folders and what you search for. A conversation is known to the team by a code, a customer’s note by their mail address.",
  "analytics.shared.see": "See each of it in the activity",
} as const;
