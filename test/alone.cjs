const Environment = require('./environment.cjs');

/** Runs one test of each file: the one whose number, from 0, is in `ALONE`. */
module.exports = class extends Environment {
  async handleTestEvent({ name }, { rootDescribeBlock }) {
    if (name !== 'run_start') return;
    testsIn(rootDescribeBlock).forEach((test, n) => {
      if (n !== Number(process.env.ALONE)) test.mode = 'skip';
    });
  }
};

function testsIn({ children }) {
  return children.flatMap((child) => (child.type === 'test' ? child : testsIn(child)));
}
