import { openPostgres } from '../support/sql/postgres-database.ts';
import { compareWith } from '../support/sql/same-answers.ts';

compareWith('PostgreSQL', openPostgres, { knowsHalfHours: false });
