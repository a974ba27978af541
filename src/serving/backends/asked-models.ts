import { fail } from '../../core/index.js';
import type { InferResponse } from '../../wire/index.js';
import type { VersionOrder } from './port.js';
import type { ModelQuestion } from './typescript/model-context.js';

/** Answers what a model's code asks of the server. */
export function answerQuestions({ call, control, log }: VersionOrder): (question: unknown, signal: AbortSignal) => Promise<unknown> {
  return async (asked, signal) => {
    const question = asked as ModelQuestion;
    if (question.kind === 'infer') {
      const answers: InferResponse[] = [];
      for await (const response of call(question.request, signal)) answers.push(response);
      return answers;
    }
    if (question.kind === 'log') return log[question.level](question.text);
    const { model, version } = question;
    if (question.kind === 'ready') return control.modelReady(model, version);
    if (question.kind === 'load') return control.load(model);
    if (question.kind === 'unload') return control.unload(model);
    return fail('UNSUPPORTED', 'a model asked what this server does not know');
  };
}
