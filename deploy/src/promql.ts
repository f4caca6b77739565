/** Which series a PromQL expression asks for. The only door to its parser; pure. */
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** A condition on a label. */
export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** One selector of an expression. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
  /** As written, without range and offset. */
  readonly text: string;
}

/** What an expression reads. */
export interface ExpressionFacts {
  readonly selectors: readonly Selector[];
  /** Labels it groups or joins by. */
  readonly grouping: ReadonlySet<string>;
}

const OPERATORS = ['=', '!=', '=~', '!~'] as const;

/** Reads an expression; throws when it is none. */
export function readExpression(expression: string): ExpressionFacts {
  const selectors: Selector[] = [];
  const grouping = new Set<string>();
  parser.parse(expression).iterate({
    enter: ({ name, node, from, to, type }) => {
      if (type.isError) throw new Error(`not PromQL at ${from}: ${expression}`);
      if (name === 'VectorSelector') selectors.push(readSelector(expression, node));
      if (name === 'LabelName' && node.parent?.name === 'GroupingLabels') grouping.add(expression.slice(from, to));
    },
  });
  return { selectors, grouping };
}

function readSelector(expression: string, node: SyntaxNode): Selector {
  const textOf = (part: SyntaxNode | null): string => (part === null ? '' : expression.slice(part.from, part.to));
  const matchers = (node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []).map((part): Matcher => {
    const written = textOf(part.getChild('MatchOp'));
    const operator = OPERATORS.find((one) => one === written);
    if (operator === undefined) throw new Error(`unknown operator ${written} in ${expression}`);
    return {
      label: textOf(part.getChild('LabelName')),
      operator,
      value: textOf(part.getChild('StringLiteral')).slice(1, -1),
    };
  });
  return { metric: textOf(node.getChild('Identifier')), matchers, text: textOf(node) };
}
