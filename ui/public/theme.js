// Before anything is drawn: the theme that somebody chose here. A file of its own, because the page allows no script inside it.
try {
  const theme = localStorage.getItem('usher.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Where nothing may be stored, the theme is the system's.
}
