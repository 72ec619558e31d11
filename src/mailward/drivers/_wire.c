/* The same as PlainWire and plain_accept of wire.py and plain_told of told.py, which say
   what they are for and why they are here.

   But for `told`, a call waits for nothing, so the interpreter's lock is kept; the octets
   of a small read are copied once, from the stack. */

#define _GNU_SOURCE /* accept4 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* As in wire.py.  The octets of a large read are received in place: to copy them would
   cost more. */
#define SMALL 32768
#define LARGE 262144
/* Descriptors that are told of at once, at most. */
#define MOST 64

typedef struct {
    PyObject_HEAD
    int fd;
    int more; /* MSG_MORE when FIN follows at once, so that both go in one packet */
} Wire;

/* Called as a type is, without a tuple of arguments: the only way to make one. */
static PyObject *
wire_made(PyObject *type, PyObject *const *args, size_t flags, PyObject *names)
{
    Wire *self;
    long fd;

    if (PyVectorcall_NARGS(flags) != 1 || names != NULL) {
        PyErr_SetString(PyExc_TypeError, "a wire is of one descriptor");
        return NULL;
    }
    fd = PyLong_AsLong(args[0]);
    if (fd == -1 && PyErr_Occurred())
        return NULL;
    if (fd < 0 || fd > INT_MAX) {
        PyErr_SetString(PyExc_ValueError, "no descriptor");
        return NULL;
    }
    self = (Wire *)((PyTypeObject *)type)->tp_alloc((PyTypeObject *)type, 0);
    if (self != NULL)
        self->fd = (int)fd;
    return (PyObject *)self;
}

static void
wire_over(Wire *self)
{
    int fd = self->fd;

    self->fd = -1;
    if (fd >= 0)
        (void)close(fd);
}

static void
wire_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);

    wire_over((Wire *)self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *
wire_fileno(PyObject *self, PyObject *Py_UNUSED(nothing))
{
    return PyLong_FromLong(((Wire *)self)->fd);
}

static PyObject *
wire_receive(PyObject *self, PyObject *large)
{
    char few[SMALL];
    PyObject *octets;
    ssize_t got;

    if (large != Py_True) {
        do
            got = recv(((Wire *)self)->fd, few, SMALL, MSG_DONTWAIT);
        while (got < 0 && errno == EINTR);
        return got < 0 ? PyLong_FromLong(errno) : PyBytes_FromStringAndSize(few, got);
    }
    octets = PyBytes_FromStringAndSize(NULL, LARGE);
    if (octets == NULL)
        return NULL;
    do
        got = recv(((Wire *)self)->fd, PyBytes_AS_STRING(octets), LARGE, MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        Py_DECREF(octets);
        return PyLong_FromLong(errno);
    }
    _PyBytes_Resize(&octets, got);
    return octets;
}

static PyObject *
wire_send(PyObject *self, PyObject *arg)
{
    Py_buffer view;
    ssize_t sent;

    if (PyObject_GetBuffer(arg, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    do
        sent = send(((Wire *)self)->fd, view.buf, view.len,
                    MSG_DONTWAIT | MSG_NOSIGNAL | ((Wire *)self)->more);
    while (sent < 0 && errno == EINTR);
    if (sent < 0)
        sent = -errno;
    PyBuffer_Release(&view);
    return PyLong_FromSsize_t(sent);
}

static PyObject *
wire_last(PyObject *self, PyObject *Py_UNUSED(nothing))
{
    ((Wire *)self)->more = MSG_MORE;
    Py_RETURN_NONE;
}

static PyObject *
wire_finish(PyObject *self, PyObject *Py_UNUSED(nothing))
{
    (void)shutdown(((Wire *)self)->fd, SHUT_WR);
    Py_RETURN_NONE;
}

static PyObject *
wire_reset(PyObject *self, PyObject *Py_UNUSED(nothing))
{
    struct linger at_once = {1, 0};
    int on = 1;

    if (((Wire *)self)->more)
        (void)setsockopt(
            ((Wire *)self)->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)setsockopt(
        ((Wire *)self)->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    Py_RETURN_NONE;
}

static PyObject *
wire_close(PyObject *self, PyObject *Py_UNUSED(nothing))
{
    wire_over((Wire *)self);
    Py_RETURN_NONE;
}

static PyMethodDef wire_methods[] = {
    {"fileno", wire_fileno, METH_NOARGS, NULL},
    {"receive", wire_receive, METH_O, NULL},
    {"send", wire_send, METH_O, NULL},
    {"last", wire_last, METH_NOARGS, NULL},
    {"finish", wire_finish, METH_NOARGS, NULL},
    {"reset", wire_reset, METH_NOARGS, NULL},
    {"close", wire_close, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot wire_slots[] = {
    {Py_tp_dealloc, wire_dealloc},
    {Py_tp_methods, wire_methods},
    {Py_tp_doc, "A connected socket by its descriptor; see PlainWire."},
    {0, NULL},
};

static PyType_Spec wire_spec = {
    .name = "mailward.drivers._wire.Wire",
    .basicsize = sizeof(Wire),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE
             | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = wire_slots,
};

/* An address as Python has it; inet_ntop would go by way of printf. */
static PyObject *
host_of(const struct sockaddr_in *peer)
{
    const unsigned char *octet = (const unsigned char *)&peer->sin_addr;
    char text[INET_ADDRSTRLEN], *end = text;
    int at;

    for (at = 0; at < 4; at++) {
        if (at > 0)
            *end++ = '.';
        if (octet[at] >= 100)
            *end++ = '0' + octet[at] / 100;
        if (octet[at] >= 10)
            *end++ = '0' + octet[at] / 10 % 10;
        *end++ = '0' + octet[at] % 10;
    }
    return PyUnicode_DecodeASCII(text, end - text, NULL);
}

static PyObject *
peer_of(const struct sockaddr_storage *peer)
{
    const struct sockaddr_in *four = (const struct sockaddr_in *)peer;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)peer;
    char text[INET6_ADDRSTRLEN];

    if (peer->ss_family == AF_INET)
        return Py_BuildValue("(NI)", host_of(four), ntohs(four->sin_port));
    if (peer->ss_family != AF_INET6) {
        PyErr_SetString(PyExc_ValueError, "accept() of another family");
        return NULL;
    }
    if (inet_ntop(AF_INET6, &six->sin6_addr, text, sizeof text) == NULL)
        return PyErr_SetFromErrno(PyExc_OSError);
    return Py_BuildValue("(sIII)", text, ntohs(six->sin6_port),
                         ntohl(six->sin6_flowinfo), six->sin6_scope_id);
}

static PyObject *
accept_one(PyObject *Py_UNUSED(module), PyObject *listener)
{
    struct sockaddr_storage peer;
    socklen_t size;
    PyObject *made;
    int fd, at = PyObject_AsFileDescriptor(listener);

    if (at < 0)
        return NULL;
    do {
        size = sizeof peer;
        fd = accept4(at, (struct sockaddr *)&peer, &size, SOCK_CLOEXEC);
    } while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    made = Py_BuildValue("(iN)", fd, peer_of(&peer));
    if (made == NULL)
        (void)close(fd);
    return made;
}

static PyObject *
told(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t count)
{
    struct epoll_event ready[MOST];
    PyObject *numbers;
    double seconds;
    long most;
    int fd, found, at;

    if (count != 3) {
        PyErr_SetString(PyExc_TypeError, "told(epoll, seconds, most)");
        return NULL;
    }
    fd = PyObject_AsFileDescriptor(args[0]);
    seconds = PyFloat_AsDouble(args[1]);
    most = PyLong_AsLong(args[2]);
    if (fd < 0 || PyErr_Occurred())
        return NULL;
    if (!(seconds < 1e6) || most < 1) {
        PyErr_SetString(PyExc_ValueError, "told() wants a time and some descriptors");
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    found = epoll_wait(fd, ready, most < MOST ? most : MOST,
                       seconds < 0 ? -1 : (int)ceil(seconds * 1e3));
    Py_END_ALLOW_THREADS
    if (found < 0) {
        if (errno != EINTR)
            return PyErr_SetFromErrno(PyExc_OSError);
        if (PyErr_CheckSignals() < 0)
            return NULL;
        found = 0; /* who waits asks again */
    }
    numbers = PyList_New(2 * (Py_ssize_t)found);
    for (at = 0; numbers != NULL && at < found; at++) {
        PyObject *who = PyLong_FromLong(ready[at].data.fd);
        PyObject *what = PyLong_FromUnsignedLong(ready[at].events);

        PyList_SET_ITEM(numbers, 2 * at, who);
        PyList_SET_ITEM(numbers, 2 * at + 1, what);
        if (who == NULL || what == NULL)
            Py_CLEAR(numbers);
    }
    return numbers;
}

static PyMethodDef module_methods[] = {
    {"accept", accept_one, METH_O, NULL},
    {"told", (PyCFunction)(void (*)(void))told, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static int
module_exec(PyObject *module)
{
    PyObject *type = PyType_FromModuleAndSpec(module, &wire_spec, NULL);

    if (type == NULL)
        return -1;
    ((PyTypeObject *)type)->tp_vectorcall = wire_made;
    if (PyModule_AddObject(module, "Wire", type) < 0) {
        Py_DECREF(type);
        return -1;
    }
    return 0;
}

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, module_exec},
    {0, NULL},
};

static PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_wire",
    .m_methods = module_methods,
    .m_slots = module_slots,
};

PyMODINIT_FUNC
PyInit__wire(void)
{
    return PyModuleDef_Init(&module);
}
