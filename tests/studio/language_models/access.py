from studio.language_models.models import LanguageModel, ModelFile
from studio.projects.models import Project
from tests.studio.access import Row, reading, writing

TOKENIZER = (("name", "tokenizer.json"),)

ROWS = [
    Row("language-models", "GET", reading()),
    Row("language-models", "POST", writing(400), {}),
    Row("language-model-folders", "GET", writing()),
    Row("language-model", "GET", reading()),
    Row("language-model", "DELETE", writing(204)),
    Row("language-model-complete", "POST", writing(400)),
    Row("language-model-file", "GET", reading(), arguments=TOKENIZER),
    Row("language-model-file", "PUT", writing(409), {}, arguments=TOKENIZER),
    Row("language-model-file", "DELETE", writing(204), arguments=TOKENIZER),
]


def begun_model(project: Project, name: str = "Storyteller") -> LanguageModel:
    """A language model whose upload has stopped: one file is half there."""
    model = LanguageModel.objects.create(project=project, name=name)
    ModelFile.objects.create(model=model, name="tokenizer.json", size_bytes=10, received_bytes=5)
    return model


def ready_model(project: Project, name: str = "Finished storyteller") -> LanguageModel:
    """A language model that can be deployed as far as the database knows."""
    model = LanguageModel.objects.create(project=project, name=name, state=LanguageModel.State.READY)
    ModelFile.objects.create(model=model, name="config.json", size_bytes=2, received_bytes=2, sha256="0" * 64)
    return model


def objects(project: Project) -> dict[str, object]:
    return {"model_id": begun_model(project).pk}
