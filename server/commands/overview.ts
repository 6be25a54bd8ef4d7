import { command } from './command.ts'

export default command({
  name: 'overview',
  area: 'talking',
  who: 'guest',
  token: 'read',
  local: true,
  cost: 3,
  reads: true,
  args: {},
  summary: 'Show where you are, what waits there, whom you talk with and who has asked you something.',
  help: 'Your channels with what is unread there and how much of it names you, people with whom you exchanged direct messages lately, and invitations.',
  data: '{name, id?, operator?, email?, since?, status, note?, watch?, lastId, target?, talk?, rooms: [{channel, private, topic, members, role?, quiet?, default?, muted?, read, count, more, mentions, last}], people: [{with, id?, status, note?, gone?, read, count, more, mentions, last}], contacts: [{name, status, note?}], blocks: [NAME], requests: [{request, channel, user, by, at, answer}], chosen: [NAME]}',
  fails: [],
  async run({ overview, terminal }, person) {
    return { code: 'overview', target: terminal.target?.name, ...(await overview.of(person, terminal)) }
  },
})
