// One block of a stream: whether it says what its hash says, and follows from the block before.
import { hashOf, type LogBlock } from '../log-chain.ts';
import { readDetail } from '../removal.ts';
import { ofBlock, type Finding } from './finding.ts';

/** `goneBefore`: retention removed what is older, epoch milliseconds. */
export function checkLink(block: LogBlock, before: LogBlock | null, goneBefore: number): Finding[] {
  const findings: Finding[] = [];
  if (hashOf(block) !== block.hash)
    findings.push(ofBlock('edited', block, 'what it says is not what its hash says'));
  if (before === null) findings.push(...checkFirst(block, goneBefore));
  else if (block.sequence !== before.sequence + 1)
    findings.push(missing(block, before.sequence + 1));
  else if (block.previous !== before.hash)
    findings.push(
      ofBlock(
        'reordered',
        block,
        'it does not follow from the block before: one of the two was replaced or moved',
      ),
    );
  return findings;
}

/** A stream begins with its first block, or with one whose rows are gone by retention: those before it are pruned. */
function checkFirst(block: LogBlock, goneBefore: number): Finding[] {
  if (block.sequence === 1)
    return block.previous === ''
      ? []
      : [ofBlock('reordered', block, 'it is the first of its stream and follows from another')];
  const isAnchor = block.kind === 'rows' ? block.lastAt < goneBefore : isRetention(block);
  return isAnchor ? [] : [missing(block, 1)];
}

function missing(block: LogBlock, from: number): Finding {
  const to = block.sequence - 1;
  const which = from === to ? `block ${from}` : `blocks ${from} to ${to}`;
  return ofBlock(
    'deleted',
    block,
    `before it ${which} of its stream ${from === to ? 'is' : 'are'} missing`,
  );
}

/** Also of a block whose detail somebody made unreadable: then its hash says so. */
export function isRetention(block: LogBlock): boolean {
  if (block.kind !== 'removal') return false;
  try {
    return readDetail(block).reason === 'retention';
  } catch {
    return false;
  }
}
