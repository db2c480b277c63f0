// The limit for a start: a program that does next to nothing.
process.exitCode = 0;
