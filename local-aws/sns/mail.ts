/** What email subscribers receive, as files that a mail program can open. */

import { createTransport } from 'nodemailer';

export interface Notification {
  MessageId: string;
  TopicArn: string;
  Subject?: string;
  /** The text for the subscription's protocol. */
  Message: string;
  /** ISO 8601. */
  Timestamp: string;
  MessageAttributes: Record<string, { Type: string; Value: string }>;
}

export interface Subscriber {
  /** `email` is the text and a note on how to unsubscribe; `email-json` is the whole notification as JSON. */
  protocol: 'email' | 'email-json';
  address: string;
  subscriptionArn: string;
}

const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });

/** @returns the mail in the format of RFC 5322 */
export async function mailTo(subscriber: Subscriber, notification: Notification): Promise<Buffer> {
  const { protocol, address, subscriptionArn } = subscriber;
  const [, , , region] = notification.TopicArn.split(':');
  const unsubscribe = `https://sns.${region}.amazonaws.com/unsubscribe.html?SubscriptionArn=${subscriptionArn}&Endpoint=${encodeURIComponent(address)}`;
  const text =
    protocol === 'email'
      ? `${notification.Message}\n\n${footer(unsubscribe)}`
      : // Unsigned, because the engine doesn't have SNS's private key.
        `${JSON.stringify({ Type: 'Notification', ...notification, UnsubscribeURL: unsubscribe }, null, 2)}\n`;
  const { message } = await composer.sendMail({
    from: { name: 'AWS Notifications', address: 'no-reply@sns.amazonaws.com' },
    to: { name: '', address },
    subject: notification.Subject ?? 'AWS Notification Message',
    messageId: `<${notification.MessageId}.${subscriptionArn.split(':').at(-1)}@sns.amazonaws.com>`,
    date: new Date(notification.Timestamp),
    headers: { 'Content-Transfer-Encoding': 'binary' },
  });
  // nodemailer keeps its own Content-Type in addition to any other, so the charset goes into that one.
  const headers = String(message).replace(
    /^Content-Type: text\/plain\r$/m,
    'Content-Type: text/plain; charset=utf-8\r',
  );
  // The text stays as it is, rather than encoded and folded: people search and read these files without a mail program.
  return Buffer.from(headers + text.replace(/\r?\n/g, '\r\n'));
}

const footer = (unsubscribe: string) => `--
If you wish to stop receiving notifications from this topic, please click or visit the link below to unsubscribe:
${unsubscribe}

Please do not reply directly to this email.
`;
