/* The same as plain_survey and plain_is_line of octets.py, which says what they are for,
   in one pass and without room to work in. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <string.h>

#define CR 0x0D
#define LF 0x0A

/* Octets whose ends are counted in one octet; a compiler makes vectors of them. */
#define ROW 240

/* The CRs and LFs in octets[:stop] that have beside them an octet that is not their
   partner; what stands at an edge has none. */
static Py_ssize_t
alone(const unsigned char *octets, Py_ssize_t stop)
{
    Py_ssize_t found = 0, at, to;
    unsigned char few;

    for (at = 1; stop - at >= ROW; at += ROW) {
        few = 0;
        for (to = 0; to < ROW; to++)
            few += (octets[at + to] == LF) ^ (octets[at + to - 1] == CR);
        found += few;
    }
    for (; at < stop; at++)
        found += (octets[at] == LF) ^ (octets[at - 1] == CR);
    return found;
}

static PyObject *
survey(PyObject *Py_UNUSED(module), PyObject *const *args, Py_ssize_t count)
{
    const unsigned char *octets;
    Py_ssize_t stop, gap, found, at, level = 0;

    if (count != 3 || !PyBytes_Check(args[0])) {
        PyErr_SetString(PyExc_TypeError, "survey(bytes, int, int)");
        return NULL;
    }
    octets = (const unsigned char *)PyBytes_AS_STRING(args[0]);
    stop = PyLong_AsSsize_t(args[1]);
    gap = PyLong_AsSsize_t(args[2]);
    if (PyErr_Occurred())
        return NULL;
    if (stop < 0 || stop > PyBytes_GET_SIZE(args[0]) || gap < 0) {
        PyErr_SetString(PyExc_ValueError, "survey() beyond the octets");
        return NULL;
    }
    found = alone(octets, stop);
    if (gap > 0 && found == 0) {
        level = stop - stop % gap;
        for (at = 0; at < level; at += gap)
            if (memchr(octets + at, LF, gap) == NULL) {
                level = 0;
                break;
            }
    }
    if (stop > 0)
        found += (octets[0] == LF) + (octets[stop - 1] == CR);
    return Py_BuildValue("(nn)", found, level);
}

static PyObject *
is_line(PyObject *Py_UNUSED(module), PyObject *arg)
{
    const char *octets;
    Py_ssize_t text;

    if (!PyBytes_Check(arg)) {
        PyErr_SetString(PyExc_TypeError, "is_line(bytes)");
        return NULL;
    }
    octets = PyBytes_AS_STRING(arg);
    text = PyBytes_GET_SIZE(arg) - 2;
    if (text < 0 || octets[text] != CR || octets[text + 1] != LF)
        Py_RETURN_FALSE;
    if (memchr(octets, CR, text) != NULL || memchr(octets, LF, text) != NULL)
        Py_RETURN_FALSE;
    Py_RETURN_TRUE;
}

static PyMethodDef methods[] = {
    {"is_line", is_line, METH_O, NULL},
    {"survey", (PyCFunction)(void (*)(void))survey, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_octets",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__octets(void)
{
    return PyModuleDef_Init(&module);
}
