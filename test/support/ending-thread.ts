// A thread that ends before it says anything; tests start it in place of a real one.
process.exit(3);
