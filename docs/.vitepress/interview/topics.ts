/** What questions are about, in the order of the interview page. */
export const topics = [
  { id: 'handshake', title: 'Handshake' },
  { id: 'framing', title: 'Framing' },
  { id: 'alternatives', title: 'Alternatives' },
  { id: 'lifecycle', title: 'Lifecycle' },
  { id: 'failures', title: 'Failures and reconnection' },
  { id: 'security', title: 'Security' },
  { id: 'scaling', title: 'Scaling' },
  { id: 'debugging', title: 'Debugging and testing' },
  { id: 'performance', title: 'Performance' },
  { id: 'coding', title: 'Code in 30 minutes' },
  { id: 'design', title: 'Design' },
] as const;

export type TopicId = (typeof topics)[number]['id'];

export const topicIds = topics.map(({ id }) => id);

/** From which level on a question is asked. */
export const levels = ['junior', 'mid', 'senior'] as const;

export type Level = (typeof levels)[number];
