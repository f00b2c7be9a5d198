// Passwords: what is accepted, and bcrypt around it. bcrypt reads 72 bytes and ignores the rest, so longer ones are refused here
// rather than cut: otherwise two passwords that differ only after byte 72 would open the same account.
import bcrypt from 'bcrypt';
import { Injectable } from '@nestjs/common';
import { ValidateBy } from 'class-validator';
import { AppError } from '../common/errors.ts';
import { Config } from '../config/load-config.ts';

export const PASSWORD_MIN_CHARACTERS = 12;
export const PASSWORD_MAX_BYTES = 72;
export const PASSWORD_EXPECTED = `must be at least ${PASSWORD_MIN_CHARACTERS} characters and at most ${PASSWORD_MAX_BYTES} bytes of UTF-8`;

const fitsBcrypt = (text: string): boolean => Buffer.byteLength(text) <= PASSWORD_MAX_BYTES;

export const isAcceptablePassword = (value: unknown): value is string =>
  typeof value === 'string' &&
  Array.from(value).length >= PASSWORD_MIN_CHARACTERS &&
  fitsBcrypt(value);

/** Marks a property that sets a password. Its message never quotes the value. */
export const IsNewPassword = (): PropertyDecorator =>
  ValidateBy({
    name: 'isNewPassword',
    validator: {
      validate: isAcceptablePassword,
      defaultMessage: () => `$property ${PASSWORD_EXPECTED}`,
    },
  });

@Injectable()
export class Passwords {
  private readonly cost: number;
  /** Well-formed, of the same cost as real ones, and the hash of no password: comparing with it takes the time of a real one. */
  private readonly nobody: string;

  constructor(config: Config) {
    this.cost = config.auth.bcryptCost;
    this.nobody = `$2b$${String(this.cost).padStart(2, '0')}$${'.'.repeat(53)}`;
  }

  /** Throws INVALID_INPUT for what is not acceptable; never truncates. */
  hash(password: string): Promise<string> {
    if (!isAcceptablePassword(password)) {
      throw new AppError('INVALID_INPUT', `The password ${PASSWORD_EXPECTED}.`, {
        errors: [{ field: 'password', code: 'isNewPassword', expected: PASSWORD_EXPECTED }],
      });
    }
    return bcrypt.hash(password, this.cost);
  }

  /** Whether the password has this hash; null, where there is no such user, costs the same and is false. */
  async matches(password: string, hash: string | null): Promise<boolean> {
    const comparable = hash !== null && fitsBcrypt(password);
    const equal = await bcrypt.compare(password, comparable ? hash : this.nobody);
    return comparable && equal;
  }
}
