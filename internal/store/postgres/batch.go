package postgres

import (
	"context"

	"assent/decision"
	"assent/internal/store/queue"
)

type job = *queue.Job[decision.Work]

// batch runs what waits for one company and answers all of it. A statement
// that the server refuses takes the whole transaction along, so the units of
// a refused batch are run again, each by itself.
func (s *Store) batch(company string, b *queue.Batch[decision.Work]) {
	var jobs []job
	for j := b.Next(); j != nil; j = b.Next() {
		jobs = append(jobs, j)
	}
	answers, err := s.transaction(company, jobs)
	if err != nil && len(jobs) > 1 && !lost(err) {
		for _, j := range jobs {
			answers, err := s.transaction(company, []job{j})
			answer(j, answers, 0, err)
		}
		return
	}
	for i, j := range jobs {
		answer(j, answers, i, err)
	}
}

// answer tells a caller nothing but err unless the transaction was committed:
// even a refusal may rest on what was not.
func answer(j job, answers []error, i int, err error) {
	if err == nil {
		j.Answer(answers[i])
		return
	}
	j.Answer(fault(err))
}

// lost says that there is no point in trying the units one by one.
func lost(err error) bool {
	return unreachable(err) && !hasState(err, "40001", "40P01") // serialization failure, deadlock
}

// transaction runs jobs in one transaction. Without an error it is committed,
// and answers holds what each job said.
func (s *Store) transaction(company string, jobs []job) (answers []error, err error) {
	// Not a caller's context: its end would cut the connection for all.
	ctx, cancel := context.WithTimeout(context.Background(), s.timeout)
	defer cancel()
	t, err := s.begin(ctx, company, jobs)
	if err != nil && reconnect(ctx, s.pool, err) { // nothing was done yet
		t, err = s.begin(ctx, company, jobs)
	}
	if err != nil {
		return nil, err
	}
	defer t.close()
	for _, j := range jobs {
		answer, err := t.run(ctx, j)
		if err != nil {
			return nil, err
		}
		answers = append(answers, answer)
	}
	return answers, t.commit(ctx)
}
