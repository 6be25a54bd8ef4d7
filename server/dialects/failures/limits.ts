import type { Problem } from '../../chat/model/failures.ts'
import { sizeText } from '../../lib/sizes.ts'
import type { FailureTexts } from './failure-texts.ts'

/** How much somebody may have: each ceiling by its name. */
export const limitFailures = {
  'quota-exceeded': quotaText,
} satisfies Partial<FailureTexts>

function quotaText({ what, limit, name }: Extract<Problem, { code: 'quota-exceeded' }>): string {
  switch (what) {
    case 'channels':
      return `This server has ${limit} channels already, and can have no more. /channels lists them, /join enters one.`
    case 'channelsOwned':
      return name === undefined
        ? `You are the admin of ${limit} channels, and can have no more. /leave or /transfer one first.`
        : `${name} is the admin of ${limit} channels already, and can have no more.`
    case 'channelsJoined':
      return `You are in ${limit} channels, and can be in no more. /switch lists them, /leave #NAME leaves one.`
    case 'invitationsMade':
      return `At most ${limit} of your invitations can be open. /requests lists them, /reject N withdraws one.`
    case 'invitationsWaiting':
      return `${name} has ${limit} invitations to answer already. Ask ${name} to answer some first.`
    case 'inviteCodes':
      return `At most ${limit} of your invitation codes can be open. Each ends after a week, or when it is used.`
    case 'contacts':
      return `You can have at most ${limit} contacts. /contact remove NAME makes room.`
    case 'blocks':
      return `You can block at most ${limit} people. /blocks lists them, /unblock NAME makes room.`
    case 'channelBans':
      return `At most ${limit} people can be banned from a channel. /ban #NAME lists them, /unban makes room.`
    case 'channelMutes':
      return `At most ${limit} people can be muted in a channel. /mute #NAME lists them, /unmute makes room.`
    case 'addressBans':
      return `At most ${limit} addresses can be banned. /banaddress lists them; a block like 192.0.2.0/24 is one.`
    case 'files':
      return `You can have at most ${limit} files here. /files lists them, /filedelete N makes room.`
    case 'account':
      return `All your files together have at most ${sizeText(limit)} here. /files lists them, /filedelete N makes room.`
    case 'server':
      return `All files here together have at most ${sizeText(limit)}. Try again when some have expired.`
    case 'uploads':
      return `You can have at most ${limit} uploads at a time, announced or running. /files lists them, /filedelete N ends one.`
    case 'tokens':
      return `An account has at most ${limit} tokens. /token lists yours, /token NAME revoke ends one.`
    default:
      return what satisfies never
  }
}
