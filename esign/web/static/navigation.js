// The section that is open is in sight, where the sections do not all fit beside one another.

const current = document.querySelector(".top nav [aria-current]");
if (current) current.parentNode.scrollLeft = current.offsetLeft - current.parentNode.clientWidth / 2 + current.offsetWidth / 2;
