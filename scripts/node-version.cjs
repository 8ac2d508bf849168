// Written so that any Node with modules understands it: it says what is wrong before newer syntax is read.
'use strict';
/** @returns {string | undefined} why this Node is refused */
module.exports = function refusedNode(version) {
  var part = version.split('.').map(Number);
  var old = part[0] < 20 || (part[0] === 20 && (part[1] < 18 || (part[1] === 18 && part[2] < 1)));
  return old || part[0] > 24 ? 'error: airlock needs Node 20.18.1 to 24, this is ' + version : undefined;
};
