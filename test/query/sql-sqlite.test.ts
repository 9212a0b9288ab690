import { compareWith } from '../support/sql/same-answers.ts';
import { openSqlite } from '../support/sql/sqlite-database.ts';

compareWith('SQLite', openSqlite, { knowsHalfHours: true });
