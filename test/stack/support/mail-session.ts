// One connection to a mail server that takes what it is sent from whoever knows the password: SMTP (RFC 5321) with AUTH PLAIN, and no more.
import type { Socket } from 'node:net';

const LINE = '\r\n';
const END_OF_MAIL = '\r\n.\r\n';

export class MailSession {
  private received = '';
  private inMail = false;

  constructor(
    private readonly socket: Socket,
    private readonly password: string,
    private readonly keep: (mail: string) => void,
  ) {
    socket.setEncoding('utf8');
    socket.on('data', (text) => {
      this.received += String(text);
      while (this.takeOne());
    });
    // The client may leave without a word.
    socket.on('error', () => undefined);
    this.say('220 ready');
  }

  /** A command or a mail, where a whole one has come. */
  private takeOne(): boolean {
    const end = this.inMail ? END_OF_MAIL : LINE;
    const at = this.received.indexOf(end);
    if (at < 0) return false;
    const one = this.received.slice(0, at);
    this.received = this.received.slice(at + end.length);
    if (this.inMail) {
      this.inMail = false;
      this.keep(one);
      this.say('250 taken');
    } else this.obey(one);
    return true;
  }

  private obey(command: string): void {
    const [verb = '', , credentials = ''] = command.split(' ');
    this.inMail = verb === 'DATA';
    this.say(this.answerTo(verb, credentials));
  }

  private answerTo(verb: string, credentials: string): string {
    switch (verb) {
      case 'EHLO':
        return `250-receiver${LINE}250 AUTH PLAIN`;
      case 'AUTH':
        return this.knows(credentials) ? '235 welcome' : '535 wrong password';
      case 'DATA':
        return '354 go on';
      case 'QUIT':
        return '221 bye';
      default:
        return '250 ok';
    }
  }

  /** identity NUL user NUL password (RFC 4616). */
  private knows(credentials: string): boolean {
    return Buffer.from(credentials, 'base64').toString().split('\0').at(-1) === this.password;
  }

  private say(line: string): void {
    this.socket.write(line + LINE);
  }
}
